// Theme, menus, copying.

import { toast } from "./toast.js";

const YEAR = 31_536_000;

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Lets the theme button change between light and dark, and remembers it. */
export function startTheme() {
  const button = document.getElementById("theme");
  if (!button) return;
  const tell = () => button.setAttribute("aria-pressed", String(isDark()));
  tell();
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `aen-theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    tell();
  });
}

/** Shows where one is in a menu that is longer than the window is wide. */
export function startPlaces() {
  const here = document.querySelector("nav [aria-current='page']");
  here?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** Closes an open menu or second question on Escape and on a click elsewhere. */
export function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details:is(.menu, .sure)[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details:is(.menu, .sure)[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

/** Copies the field a button names. */
export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // no clipboard access without TLS
    }
    toast("Copied.");
  });
}
