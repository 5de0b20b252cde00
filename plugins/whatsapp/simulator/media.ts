import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { type SimulatedNumber, tokenOf } from "./accounts.ts"
import { json } from "../../meta/simulator/answers.ts"
import * as Answers from "./answers.ts"

interface Kept {
  readonly id: string
  readonly type: string
  readonly bytes: Uint8Array
}

const most = 100
const first = 400_000_000_000_001

/** Returns the content of an upload form. Returns `undefined` when the body is not such a form. */
const formOf = (request: HttpServerRequest) =>
  request.arrayBuffer.pipe(
    Effect.flatMap((body) =>
      Effect.tryPromise(() =>
        new Response(body, { headers: { "content-type": request.headers["content-type"] ?? "" } }).formData()
      )
    ),
    Effect.flatMap((form) => {
      const file = form.get("file")
      return form.get("messaging_product") === "whatsapp" && file instanceof File
        ? Effect.map(
            Effect.tryPromise(() => file.arrayBuffer()),
            (bytes) => ({ type: file.type, bytes: new Uint8Array(bytes) })
          )
        : Effect.undefined
    }),
    Effect.orElseSucceed(() => undefined)
  )

/** Stores the last uploaded media, by id (META 3.3). */
export const media = Effect.fnUntraced(function* (numbers: ReadonlyArray<SimulatedNumber>) {
  const kept = yield* Ref.make<ReadonlyArray<Kept>>([])
  const holds = (request: HttpServerRequest) => numbers.some((number) => number.holdsToken(tokenOf(request)))

  const upload = Effect.fnUntraced(function* (request: HttpServerRequest) {
    const { id } = yield* HttpRouter.params
    const number = numbers.find(({ phoneNumberId }) => phoneNumberId === id)
    if (!holds(request)) return Answers.badToken
    if (number === undefined) return Answers.noSuchObject
    const form = yield* formOf(request)
    if (form === undefined) return Answers.badParameter("expected messaging_product and file")
    const mediumId = yield* Ref.modify(kept, (all) => {
      const next = String(Number(all.at(-1)?.id ?? first) + 1)
      return [next, [...all.slice(1 - most), { id: next, ...form }]]
    })
    return json({ id: mediumId })
  })

  const bytes = Effect.fnUntraced(function* (request: HttpServerRequest) {
    const { id } = yield* HttpRouter.params
    const one = (yield* Ref.get(kept)).find((medium) => medium.id === id)
    if (one === undefined || !holds(request)) return HttpServerResponse.empty({ status: 404 })
    return HttpServerResponse.uint8Array(one.bytes, { contentType: one.type })
  })

  /** Returns the address of a medium in the provider's form. Returns `undefined` when there is none with this id. */
  const find = (id: string, request: HttpServerRequest) =>
    Effect.map(Ref.get(kept), (all) => {
      const one = all.find((medium) => medium.id === id)
      if (one === undefined) return undefined
      const url = `http://${request.headers["host"] ?? "localhost"}/_media/${id}`
      const { type, bytes: content } = one
      return json({
        messaging_product: "whatsapp",
        id,
        url,
        mime_type: type,
        file_size: String(content.length)
      })
    })

  const remove = Effect.fnUntraced(function* (request: HttpServerRequest) {
    const { id } = yield* HttpRouter.params
    if (!holds(request)) return Answers.badToken
    const removed = yield* Ref.modify(kept, (all) => [
      all.some((medium) => medium.id === id),
      all.filter((medium) => medium.id !== id)
    ])
    return removed ? json({ success: true }) : Answers.noSuchObject
  })

  return {
    find,
    has: (id: string) => Effect.map(Ref.get(kept), (all) => all.some((medium) => medium.id === id)),
    routes: Layer.mergeAll(
      HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/media", upload),
      HttpRouter.add("DELETE", "/:version(^v\\d+\\.\\d+$)/:id", remove),
      HttpRouter.add("GET", "/_media/:id", bytes)
    )
  }
})
