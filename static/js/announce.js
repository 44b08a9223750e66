// Says a change once, in the one polite line of the page. Other behaviours ask for it with a "say" event, a server
// answer with the header HX-Trigger: {"say": "..."}.
(() => {
  const said = (event) => (typeof event.detail === "string" ? event.detail : event.detail && event.detail.value);

  document.addEventListener("say", (event) => {
    const line = document.querySelector("[data-announce]");
    const words = said(event);
    if (line && words) line.textContent = words;
  });
})();
