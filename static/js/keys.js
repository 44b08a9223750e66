// One key for one thing on the page: an element says its key by data-key, and is clicked when the key is pressed.
// "?" opens the list of keys. Keys are still while a person types.
(() => {
  const typing = (target) => target.closest("input:not([type=range]), textarea, select, [contenteditable]");

  const visible = (element) => element.getClientRects().length > 0 && !element.disabled;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      const help = document.querySelector("[data-keys]");
      if (help) help.open ? help.close() : help.showModal();
      return;
    }
    if (event.key === " " && event.target.closest("button, summary, a, [role=button]")) return;
    const wanted = event.key === " " ? "space" : event.key;
    const hit = [...document.querySelectorAll("[data-key]")].find(
      (each) => each.dataset.key.split(" ").includes(wanted) && visible(each),
    );
    if (!hit) return;
    event.preventDefault();
    if (hit.matches("input, textarea")) hit.focus();
    else hit.click();
  });
  document.querySelectorAll("[data-keys-open]").forEach((each) => (each.hidden = false));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) document.querySelector("[data-keys]")?.showModal();
    if (event.target.closest("[data-keys-close]")) document.querySelector("[data-keys]")?.close();
  });
})();
