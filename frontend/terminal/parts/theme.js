// Colours of the terminals, after the system's choice of light or dark.

const DARK = {
  background: "#171f1d",
  foreground: "#e7eeeb",
  cursor: "#62cad6",
  cursorAccent: "#171f1d",
  selectionBackground: "#1f525a",
  black: "#2b3835",
  red: "#ef7a7a",
  green: "#8fc97c",
  yellow: "#e3c06c",
  blue: "#7cb7ff",
  magenta: "#c99cf0",
  cyan: "#6fcad1",
  white: "#cfd3da",
  brightBlack: "#7d8592",
  brightRed: "#ff9c9c",
  brightGreen: "#b2e39f",
  brightYellow: "#f5d98e",
  brightBlue: "#a6cfff",
  brightMagenta: "#dfc0fb",
  brightCyan: "#9be3e8",
  brightWhite: "#ffffff",
};

const LIGHT = {
  background: "#ffffff",
  foreground: "#1b2422",
  cursor: "#0a6873",
  cursorAccent: "#ffffff",
  selectionBackground: "#bfe3e6",
  black: "#1b2422",
  red: "#b3261e",
  green: "#1b6e2d",
  yellow: "#805a00",
  blue: "#0b62b8",
  magenta: "#7a3fb0",
  cyan: "#0d6f78",
  white: "#5b6169",
  brightBlack: "#6b727b",
  brightRed: "#cf3a30",
  brightGreen: "#2a8a3f",
  brightYellow: "#9a7000",
  brightBlue: "#2b7fd6",
  brightMagenta: "#9457cc",
  brightCyan: "#1a8a94",
  brightWhite: "#1b2422",
};

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Returns the options of a terminal that are a matter of looks. */
export function looks() {
  return {
    theme: dark.matches ? DARK : LIGHT,
    // Programs choose colours for a dark ground; on the light one they need help.
    minimumContrastRatio: dark.matches ? 1 : 4.5,
  };
}

export function onLooksChange(apply) {
  dark.addEventListener("change", apply);
}
