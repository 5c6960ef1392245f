// <select data-only-with="whom=person"> shows, with its label, only while the field "whom" of its form says "person".

export function enhance(element) {
  const [name, value] = element.dataset.onlyWith.split("=");
  const other = element.form.elements[name];
  const group = element.closest(".govuk-form-group");

  other.addEventListener("change", show);
  show();

  function show() {
    group.hidden = other.value !== value;
  }
}
