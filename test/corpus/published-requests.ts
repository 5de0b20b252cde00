import { readFileSync } from "node:fs"
import { join } from "node:path"
import { objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { corpus, published } from "./published.ts"

/** Stand-ins of the provider's pages, where the real thing has a form. */
const written = (text: string) =>
  text
    .replaceAll(/<?http\(s\):\/\/([^">]*)>?/g, "https://example.org/$1")
    .replaceAll(/"\{\{Recipient-[^"]*\}\}"/g, '"+16505551234"')
    .replaceAll("<HEADER_TYPE>", "text")
    .replaceAll(/"<(PSID|IGSID|COMMENT_ID)>"/g, '"$1"')

/** One published request, and what it was answered with. `path` is what comes after the version. */
export interface PublishedRequest {
  readonly file: string
  readonly method: string
  readonly path: string
  readonly body: JsonObject
  readonly response: JsonObject
}

const requestOf = (file: string): PublishedRequest => {
  const pair = objectOf(JSON.parse(written(readFileSync(join(corpus ?? "", "outbound", file), "utf8"))))
  const request = objectOf(pair?.["request"])
  const address = textOf(request?.["path"]) ?? textOf(request?.["url"])?.replace(/^https:\/\/[^/]+/, "") ?? ""
  return {
    file,
    method: textOf(request?.["method"]) ?? "",
    path: address.split("/").slice(2).join("/"),
    body: objectOf(request?.["body"]) ?? {},
    response: objectOf(pair?.["response"]) ?? {}
  }
}

/** Every published request whose file begins so. */
export const publishedRequests = (...beginnings: ReadonlyArray<string>): ReadonlyArray<PublishedRequest> =>
  published("outbound", ...beginnings).map(({ name }) => requestOf(name))
