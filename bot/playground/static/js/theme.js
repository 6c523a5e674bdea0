// Light or dark: as the system says, or as the person does.

import { byId } from "./dom.js";

const KEY = "qarun-demo-theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };

export function watchTheme() {
  let theme = localStorage.getItem(KEY) ?? "auto";
  const put = () => {
    document.documentElement.dataset.theme = theme;
    byId("theme").textContent = `Theme: ${theme}`;
  };
  byId("theme").addEventListener("click", () => {
    theme = NEXT[theme] ?? "auto";
    localStorage.setItem(KEY, theme);
    put();
  });
  put();
}
