// <select data-autocomplete> becomes a field one types in: two letters of any word of an option find it, Enter picks it.
import "../vendor/accessible-autocomplete.js";

const SHOWN = 8;

export function enhance(select) {
  const options = [...select.options].filter((option) => option.value);
  const folded = options.map((option) => ({ option, words: words(option.text) }));
  const chosen = select.selectedOptions[0];

  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: chosen && chosen.value ? chosen.text : "",
    minLength: 2,
    autoselect: true,
    displayMenu: "overlay",
    source: (query, show) => show(found(folded, words(query))),
    onConfirm: (text) => {
      // Leaving the field confirms nothing new: what stands in it then decides.
      const option = options.find((each) => each.text === (text ?? input.value));
      select.value = option ? option.value : "";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
    tNoResults: () => "Nobody found. Try a surname or a constituency",
    tStatusQueryTooShort: (length) => `Type ${length} or more letters`,
    tAssistiveHint: () => `${description(select)} Type a name or a constituency, then use the arrow keys and Enter.`,
  });

  const input = document.getElementById(select.id.replace(/-select$/, ""));
  // Emptying the field takes the choice back.
  input.addEventListener("input", () => { if (!input.value) select.value = ""; });
  if (select.autofocus) input.focus();
}

function found(folded, query) {
  const matches = folded.filter(({ words: own }) => query.every((part) => own.some((word) => word.startsWith(part))));
  return matches.slice(0, SHOWN).map(({ option }) => option.text);
}

function words(text) {
  // Ynys Môn is found by "ynys mon", O'Brien by "obrien".
  const plain = text.normalize("NFD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function description(select) {
  const ids = (select.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
  return ids.map((id) => document.getElementById(id)?.textContent.trim()).filter(Boolean).map((text) => `${text}.`).join(" ");
}
