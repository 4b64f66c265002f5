/** Media types of the run store's objects, which allow a browser to show them. */
export const JSON_TEXT = 'application/json; charset=utf-8';
export const JSON_LINES = 'application/x-ndjson; charset=utf-8';
export const HTML = 'text/html; charset=utf-8';
