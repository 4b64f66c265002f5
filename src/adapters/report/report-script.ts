import { createHash } from 'node:crypto';

/**
 * The script of the report's search. It only filters the page: a failed tenant stays visible if its row, or
 * its cause, or both together contain every word.
 */
export const REPORT_SCRIPT = `
'use strict';
(() => {
  const box = document.querySelector('search');
  const input = document.querySelector('#search');
  if (box === null || input === null) return;
  box.hidden = false;
  const output = box.querySelector('output');
  const nothing = document.querySelector('#nothing-found');
  const plain = (text) => text.normalize('NFKC').toLowerCase();
  const causes = [...document.querySelectorAll('article[data-cause]')].map((card) => ({
    card,
    row: document.querySelector('li[data-cause="' + card.dataset.cause + '"]'),
    text: plain(card.querySelector('h3').textContent + ' ' + card.querySelector('.about').textContent),
    tenants: [...card.querySelectorAll('[data-find]')].map((row) => ({ row, text: plain(row.textContent) })),
    isWhole: card.dataset.count === card.dataset.listed,
  }));
  const all = causes.reduce((sum, cause) => sum + cause.tenants.length, 0);
  const isWhole = causes.every((cause) => cause.isWhole);
  const opened = new Set();

  const open = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      if (at.tagName === 'DETAILS' && !at.open) {
        at.open = true;
        opened.add(at);
      }
    }
  };

  const search = () => {
    const words = plain(input.value).split(/\\s+/).filter((word) => word !== '');
    const has = (text) => words.every((word) => text.includes(word));
    for (const details of opened) details.open = false;
    opened.clear();
    let found = 0;
    let inCauses = 0;
    for (const { card, row, text, tenants } of causes) {
      const isMeant = has(text);
      let shown = 0;
      for (const tenant of tenants) {
        const stays = isMeant || has(tenant.text) || has(text + ' ' + tenant.text);
        tenant.row.hidden = !stays;
        if (!stays) continue;
        shown += 1;
        if (words.length > 0 && !isMeant) open(tenant.row.parentElement);
      }
      card.hidden = shown === 0 && !isMeant;
      if (row !== null) row.hidden = card.hidden;
      for (const table of card.querySelectorAll('table.tenants')) {
        table.hidden = table.querySelector('[data-find]:not([hidden])') === null;
      }
      if (!card.hidden) inCauses += 1;
      found += shown;
    }
    nothing.hidden = words.length === 0 || inCauses > 0;
    nothing.querySelector('span').hidden = isWhole;
    output.textContent = words.length === 0 ? '' : found + ' of ' + all + ' in ' + inCauses + (inCauses === 1 ? ' cause' : ' causes');
  };

  input.addEventListener('input', search);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    input.value = '';
    search();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
  // On reload, a browser restores the text in the search box.
  search();
})();
`;

/** The hash by which the page's policy allows the script. */
export const SCRIPT_HASH = `sha256-${createHash('sha256').update(REPORT_SCRIPT).digest('base64')}`;
