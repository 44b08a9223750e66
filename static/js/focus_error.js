// After a refused form the first field to mend has the focus, on a full load and after a fragment was swapped in.
(() => {
  const first = (root) => root.querySelector('[aria-invalid="true"]');

  const mend = (root) => {
    const field = first(root);
    if (field) field.focus();
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr && event.detail.xhr.status === 422) mend(event.target);
  });
  mend(document);
})();
