const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML and XML, in content and in quoted attributes; control characters XML has no form for are shown. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[&<>"']/g, character => entities[character] as string)
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g,
      character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}
