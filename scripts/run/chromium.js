import { fromDebian, onPath } from "./debian.js"

/** Brings the browser that one test opens the lab's page in, where it may; without it that test is skipped and says so. */
export const chromium = async () => {
  if (!onPath("chromium")) await fromDebian("chromium")
}
