// The explanation beside the page: opened by a figure's link, closed by its button or Escape; focus goes there and back.
"use strict";
let opener = null;
function close() {
  const panel = document.getElementById("why");
  if (!panel || !panel.firstChild) return;
  panel.replaceChildren();
  if (opener) opener.focus();
}
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("#why") === null) opener = event.target;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "why") return;
  event.detail.target.scrollTop = 0;
  const heading = event.detail.target.querySelector("h2");
  if (heading) heading.focus();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
