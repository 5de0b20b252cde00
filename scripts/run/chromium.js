import { fromDebian, onPath } from "./debian.js"

/** Installs Chromium for the tests of pages, where this user may. Without it those tests are skipped and report it. */
export const chromium = async () => {
  if (!onPath("chromium")) await fromDebian("chromium")
}
