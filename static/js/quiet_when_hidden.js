// A hidden tab asks for nothing: polling requests are cancelled until the tab is looked at again.
(() => {
  const polls = (element) => (element.getAttribute("hx-trigger") || "").includes("every ");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && polls(event.detail.elt)) event.preventDefault();
  });
})();
