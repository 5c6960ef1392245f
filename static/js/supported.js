// Runs before the page is drawn, so that what scripts will enhance does not jump.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
