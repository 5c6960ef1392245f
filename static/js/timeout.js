// A few minutes before the session ends the page asks whether to stay signed in. Escape stays.

const MINUTE = 60;

export function warn(secondsLeft) {
  const endsAt = Date.now() + secondsLeft * 1000;
  const dialog = document.createElement("dialog");
  dialog.className = "mpcrm-dialog";
  dialog.setAttribute("aria-labelledby", "timeout-title");
  dialog.innerHTML = `
    <h2 class="govuk-heading-m" id="timeout-title">You will be signed out soon</h2>
    <p class="govuk-body" role="status"></p>
    <button type="button" class="govuk-button">Stay signed in</button>`;
  document.body.append(dialog);
  const words = dialog.querySelector("p");
  const button = dialog.querySelector("button");

  tell();
  dialog.showModal();
  const ticking = window.setInterval(tell, MINUTE * 1000);
  button.addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });

  function tell() {
    const left = Math.round((endsAt - Date.now()) / 1000 / MINUTE);
    if (left >= 1) {
      words.textContent = `For your security you will be signed out in ${left} ${left === 1 ? "minute" : "minutes"}.`;
      return;
    }
    words.textContent = "You have been signed out, or are about to be. Copy what you have typed, then sign in again.";
  }

  async function stay() {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
    const response = await fetch(document.body.dataset.stayUrl, { method: "POST", headers: { "X-CSRFToken": token } });
    window.clearInterval(ticking);
    if (!response.ok || response.redirected) {
      window.location.reload();
      return;
    }
    dialog.close();
    dialog.remove();
    const seconds = Number(await response.text());
    window.setTimeout(() => warn(secondsLeft), (seconds - secondsLeft) * 1000);
  }
}
