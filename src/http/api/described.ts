import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as OpenApi from "effect/http-api/OpenApi"
import { Described } from "./api.ts"
import { type MadePage, madePage } from "../server/made-page.ts"

/** The pages that describe the API: OpenAPI for programs, documentation for people. */
export interface DescribedPages {
  readonly openApi: MadePage
  readonly docs: MadePage
}

/** Keeps the page from calling its vendor: it loads no fonts, and shows no tools that would upload the description. */
const scalar = {
  withDefaultFonts: false,
  showDeveloperTools: "never",
  favicon: "data:,",
  authentication: { preferredSecurityScheme: "bearer" }
}

const docsBytes = Effect.gen(function* () {
  const handle = yield* HttpRouter.toHttpEffect(HttpApiScalar.layer(Described, { path: "/docs", scalar }))
  const request = HttpServerRequest.fromWeb(new Request("http://gateway/docs"))
  const response = yield* Effect.provideService(handle, HttpServerRequest.HttpServerRequest, request)
  return new Uint8Array(yield* Effect.promise(() => HttpServerResponse.toWeb(response).arrayBuffer()))
})

const utf8 = new TextEncoder()

/** Builds both pages. It takes about 200 ms of processor time; the page for people has 3 MB. */
export const describe: Effect.Effect<DescribedPages> = Effect.gen(function* () {
  const openApi = yield* madePage("application/json", utf8.encode(JSON.stringify(OpenApi.fromApi(Described))))
  const docs = yield* madePage("text/html; charset=utf-8", yield* Effect.orDie(docsBytes))
  return { openApi, docs }
}).pipe(Effect.scoped)
