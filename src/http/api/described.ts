import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as OpenApi from "effect/http-api/OpenApi"
import { Described } from "./api.ts"
import { type MadePage, madePage } from "../server/made-page.ts"

/** The description of the API, for programs and for people. */
export interface DescribedPages {
  readonly openApi: MadePage
  readonly docs: MadePage
}

/** The page asks nobody but us: no fonts of its maker, and none of the tools that send our description to him. */
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

/** Makes both pages: some 200 ms of processor time, and the second is 3 MB. */
export const describe: Effect.Effect<DescribedPages> = Effect.gen(function* () {
  const openApi = yield* madePage("application/json", utf8.encode(JSON.stringify(OpenApi.fromApi(Described))))
  const docs = yield* madePage("text/html; charset=utf-8", yield* Effect.orDie(docsBytes))
  return { openApi, docs }
}).pipe(Effect.scoped)
