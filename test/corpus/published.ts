import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Json } from "../../src/domain/json.ts"

// @effect-diagnostics-next-line processEnv:off
export const corpus = process.env["COMPORTA_CORPUS"]

export interface Published {
  readonly name: string
  readonly body: Json
}

/** The published samples of one folder whose names begin so; none where there is no corpus. */
export const published = (folder: string, ...beginnings: ReadonlyArray<string>): ReadonlyArray<Published> =>
  corpus === undefined
    ? []
    : readdirSync(join(corpus, folder))
        .filter((name) => beginnings.length === 0 || beginnings.some((start) => name.startsWith(start)))
        .map((name) => ({ name, body: JSON.parse(readFileSync(join(corpus, folder, name), "utf8")) }))
