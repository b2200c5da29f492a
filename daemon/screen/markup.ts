/** What no XML document may hold (XML 1.0 §2.2), and no HTML one either but as an error. */
const NOT_IN_MARKUP = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Cs}/gu;
/** Reorder what stands around them in a browser; a terminal, which draws cell by cell, shows nothing of them. */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What most text is made of. */
const HARMLESS = /^[\w .,:;/()[\]{}=+*?!@#$%^|~`-]*$/;

/** Text as it stands between tags and in attributes of HTML and SVG. */
export const escapedMarkup = (text: string): string => (HARMLESS.test(text) ? text : escaped(text));

const escaped = (text: string): string =>
  text
    .replace(NOT_IN_MARKUP, '\ufffd')
    .replace(BIDI_CONTROLS, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
