/** A page for a browser: markup that asks for `/<name>/script.js` and `/<name>/style.css`, and these. */
export interface Page {
  readonly markup: string
  readonly script: string
  readonly style: string
}
