// Everything here only enhances: each page works without it.
import { initAll } from "../vendor/govuk-frontend.js";

// A page that says where typing begins keeps that, whatever its success message would like.
if (document.querySelector("[autofocus]")) {
  document.querySelectorAll(".govuk-notification-banner").forEach((banner) => {
    banner.dataset.disableAutoFocus = "true";
  });
}
initAll();

// --- What only some pages have is fetched by them alone ------------------------------

const ENHANCED = [
  ["select[data-autocomplete]", () => import("./autocomplete.js")],
  ["[data-live-url]", () => import("./live.js")],
  ["[data-select-all]", () => import("./select_all.js")],
  ["[data-only-with]", () => import("./only_with.js")],
];

ENHANCED.forEach(([selector, load]) => {
  const elements = document.querySelectorAll(selector);
  if (elements.length) load().then(({ enhance }) => elements.forEach(enhance));
});

// --- "g" then "l" logs an enquiry; people turn it off in their account ----------------

const logEnquiry = document.body.dataset.logEnquiry;
const TWO_KEYS_WITHIN = 1500; // milliseconds

if (logEnquiry) {
  let pressedAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "l" && event.timeStamp - pressedAt < TWO_KEYS_WITHIN) window.location.assign(logEnquiry);
    pressedAt = event.key === "g" ? event.timeStamp : 0;
  });
}

function isTyping(element) {
  return element.matches("input, textarea, select, [contenteditable]");
}

// --- Before the session ends ---------------------------------------------------------

const WARN_BEFORE = 300; // seconds
const secondsLeft = Number(document.body.dataset.sessionSeconds);

if (secondsLeft) {
  window.setTimeout(
    () => import("./timeout.js").then(({ warn }) => warn(Math.min(secondsLeft, WARN_BEFORE))),
    Math.max(0, secondsLeft - WARN_BEFORE) * 1000,
  );
}
