// Questions to people, each in a dialog of its own.

import { button, make } from "./dom.js";

let counter = 0;

/**
 * Opens a dialog and resolves with the value of the button that closed it; "" when it
 * was dismissed. `fill(body, close)` puts in what it holds; `answers` are
 * [value, words, look] of its buttons, the strong one first. `check(value)` may return
 * what is wrong: then it stays open and says so.
 */
export function ask({
  title,
  fill = null,
  answers = [["ok", "OK", "first"]],
  look = "",
  check = null,
  dismiss = "Cancel",
}) {
  const id = `dialog-${(counter += 1)}`;
  const before = document.activeElement;
  const body = make("div", { class: "dialog-body" });
  const problem = make("p", { class: "wrong", role: "alert", hidden: true });
  const foot = make("div", { class: "dialog-foot" });
  const form = make(
    "form",
    { method: "dialog", noValidate: true },
    make("h2", { id, text: title }),
    body,
    problem,
    foot,
  );
  const dialog = make("dialog", { class: look, "aria-labelledby": id }, form);
  return new Promise((resolve) => {
    let busy = false;
    const close = async (value) => {
      if (busy) return;
      busy = true;
      let wrong = "";
      try {
        wrong = check && value ? await check(value) : "";
      } catch (error) {
        wrong = error.message;
      }
      busy = false;
      problem.hidden = !wrong;
      problem.textContent = wrong || "";
      if (!wrong) dialog.close(value);
    };
    for (const [value, words, how] of answers) {
      const made = button(words, () => close(value), { look: `button ${how ?? ""}` });
      foot.append(made);
    }
    if (dismiss) foot.append(button(dismiss, () => dialog.close(""), { look: "button" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (answers.length) close(answers[0][0]);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(dialog.returnValue);
    });
    fill?.(body, close);
    document.body.append(dialog);
    dialog.returnValue = "";
    dialog.showModal();
  });
}

/** Asks for a line of text; null when nothing is to be done. `check` says what is wrong. */
export async function askText({
  title,
  label,
  value = "",
  ok = "OK",
  check = null,
  hint = "",
  stem = false,
}) {
  const field = make("input", {
    type: "text",
    value,
    autocomplete: "off",
    spellcheck: false,
    id: `field-${(counter += 1)}`,
  });
  const answer = await ask({
    title,
    answers: [["ok", ok, "first"]],
    check: check ? () => check(field.value.trim()) : null,
    fill(body) {
      body.append(make("label", { htmlFor: field.id, text: label }), field);
      if (hint) body.append(make("p", { class: "hint", text: hint }));
      queueMicrotask(() => {
        field.focus();
        const dot = field.value.lastIndexOf(".");
        if (stem && dot > 0) field.setSelectionRange(0, dot);
        else field.select();
      });
    },
  });
  return answer ? field.value.trim() : null;
}

/** Asks whether something is to be done. */
export async function confirmed({ title, text, ok, bad = false }) {
  const answer = await ask({
    title,
    answers: [["ok", ok, bad ? "first bad" : "first"]],
    fill: (body) => body.append(make("p", { text })),
  });
  return answer === "ok";
}
