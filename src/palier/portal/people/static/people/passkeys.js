// Says beside the button when a passkey was not used; allauth's own scripts do the rest.
document.addEventListener("allauth.error", (event) => {
  const said = document.getElementById("passkey_problem");
  if (!said) return;
  event.preventDefault();
  said.hidden = false;
});
