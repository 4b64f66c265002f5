/**
 * The anchor of a heading as GitHub makes it, so that a link works in both places. VitePress numbers headings that
 * come again by itself, in the same way.
 */
export function githubSlugger(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}
