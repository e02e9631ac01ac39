/** Whether a key press is meant for the page: not part of a chord, and nothing else has it: a field, a dialog, a menu. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open], details.menu[open]")) return false;
  return !(event.target instanceof HTMLElement && event.target.matches("input, select, textarea"));
}
