import type { Theme } from '../../shared/bridge.ts';
import { bridge } from '../host/host.ts';

const key = 'theme';

/** The theme that was chosen; `system` follows the system. */
export function currentTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' || kept === 'contrast' ? kept : 'system';
}

/** Chooses a theme for this and later starts, for the page and the system's own parts of the window. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(key, theme);
  bridge.setTheme(theme);
  apply(theme);
}

/** Shows the theme that was chosen. Call before the first paint. */
export function startTheme(): void {
  apply(currentTheme());
}

/** Without the attribute, the style sheet asks the system. */
function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
