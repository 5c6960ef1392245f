// <p data-live-url="…" data-live-fields="received_on enquiry_type" aria-live="polite"> shows what the server says
// about those fields of its form, in words, while they are being filled in.

const PAUSE = 250; // milliseconds

export function enhance(element) {
  const form = element.closest("form");
  const names = element.dataset.liveFields.split(" ");
  let timer;
  let latest = 0;

  async function ask() {
    const asked = (latest += 1);
    const fields = new FormData(form);
    const query = new URLSearchParams(names.map((name) => [name, fields.get(name) ?? ""]));
    const response = await fetch(`${element.dataset.liveUrl}?${query}`, { headers: { Accept: "text/plain" } });
    if (!response.ok || response.redirected || asked !== latest) return;
    element.textContent = await response.text();
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  function later(event) {
    if (!names.includes(event.target.name)) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  }

  // What was filled in before this script came, or is restored on the way back, counts as well.
  if ([...form.elements].some((field) => names.includes(field.name) && hasChanged(field))) ask();
}

function hasChanged(field) {
  if (field.matches("select")) return !field.selectedOptions[0]?.defaultSelected;
  if (field.matches("[type=radio], [type=checkbox]")) return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}
