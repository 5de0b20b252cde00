import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import type { BrowserPage } from "../../src/http/server/made-page.ts"

/** Bundles the page of a folder of `web`, its script in one readable file. `modules`: the files that the script is made of. */
export const bundled = async (
  name: string
): Promise<{ readonly page: BrowserPage; readonly modules: ReadonlyArray<string> }> => {
  const at = (file: string) => fileURLToPath(new URL(`../../web/${name}/${file}`, import.meta.url))
  await using build = await rolldown({
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    input: at("main.tsx"),
    platform: "browser",
    tsconfig: fileURLToPath(new URL("../../web/tsconfig.json", import.meta.url))
  })
  const { output } = await build.generate({ format: "esm", minify: false })
  const [markup, style] = await Promise.all([readFile(at("index.html"), "utf8"), readFile(at("style.css"), "utf8")])
  return { page: { markup, script: output[0].code, style }, modules: output[0].moduleIds }
}

export const bundle = async (name: string): Promise<BrowserPage> => (await bundled(name)).page
