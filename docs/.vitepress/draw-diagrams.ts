import { renderMermaidSVG } from 'beautiful-mermaid';
import type { MarkdownRenderer } from 'vitepress';

/** Colors of the site's theme, so that a diagram is light or dark with it. */
const COLORS = {
  bg: 'var(--vp-c-bg)',
  fg: 'var(--vp-c-text-1)',
  line: 'var(--vp-c-text-3)',
  accent: 'var(--vp-c-brand-1)',
  muted: 'var(--vp-c-text-2)',
  surface: 'var(--vp-c-bg-soft)',
  border: 'var(--vp-c-divider)',
};

/**
 * Draws fenced blocks of Mermaid, as GitHub does. They become pictures when the site is built: the reader's browser
 * loads no library for them.
 */
export function drawDiagrams(markdown: MarkdownRenderer): void {
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, self) ?? '';
    const picture = renderMermaidSVG(token.content, {
      ...COLORS,
      font: 'sans-serif',
      transparent: true,
    })
      // A style sheet of another host, which the site does not load.
      .replaceAll(/@import url\([^)]*\);?/g, '');
    // As HTML for Vue, which would take the style sheet out of a template.
    return `<div class="diagram" v-html="${markdown.utils.escapeHtml(JSON.stringify(picture))}"></div>`;
  };
}
