// The theme changes under the hand; the form that the button belongs to makes the choice stay.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    document.documentElement.dataset.theme = button.value;
    button.parentElement
      .querySelectorAll("[data-theme-choice]")
      .forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  });
})();
