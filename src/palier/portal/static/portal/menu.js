// The rest of the menu: Escape or a click beside it closes it.
"use strict";
const further = document.querySelector("details.further");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !further.open) return;
  further.open = false;
  further.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (!further.contains(event.target)) further.open = false;
});
