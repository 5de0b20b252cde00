import { createHmac } from "node:crypto"
import * as http from "node:http"
import * as Effect from "effect/Effect"
import { chance } from "./chance.ts"
import { bytesOf, mutated } from "./mutate.ts"
import { signing } from "./place.ts"
import { seeds } from "./seeds.ts"

/** One webhook that was sent, and how it was answered; status 0 where nothing came back. */
export interface Shot {
  readonly seed: number
  readonly connector: string
  readonly signed: boolean
  readonly status: number
}

const channels = Object.keys(seeds)
const spoiled: ReadonlyArray<(signature: string) => string | undefined> = [
  () => undefined,
  () => "",
  (signature) => signature.toUpperCase(),
  (signature) => signature.slice(0, -1),
  (signature) => `${signature}0`,
  (signature) => signature.replace("sha256=", ""),
  (signature) => signature.replace("sha256", "sha1"),
  () => `sha256=${"0".repeat(64)}`,
  () => "sha256=é"
]

/** What a seed stands for: the same bytes and the same headers each time. */
export const webhookOf = (seed: number, unsignedAlone: boolean) => {
  const luck = chance(seed)
  const connector = channels[luck.upTo(channels.length)] ?? "whatsapp"
  let body = luck.of(seeds[connector] ?? [null])
  for (let times = luck.upTo(4); times > 0; times--) body = mutated(body, luck)
  const bytes = bytesOf(body, luck)
  const right = `sha256=${createHmac("sha256", signing).update(bytes).digest("hex")}`
  const signed = !unsignedAlone && !luck.once(8)
  const wrong = spoiled[luck.upTo(spoiled.length)]?.(right)
  const signature = signed || wrong !== right ? (signed ? right : wrong) : undefined
  return { connector, bytes, signed, signature }
}

/** Posts what a seed stands for. */
export const shoot = (agent: http.Agent, port: number, seed: number, unsignedAlone: boolean): Effect.Effect<Shot> =>
  Effect.callback((resume) => {
    const { connector, bytes, signed, signature } = webhookOf(seed, unsignedAlone)
    const answer = (status: number) => resume(Effect.succeed({ seed, connector, signed, status }))
    const request = http.request(
      {
        agent,
        port,
        host: "127.0.0.1",
        method: "POST",
        path: `/webhooks/${connector}`,
        headers: {
          "content-length": bytes.length,
          ...(signature === undefined ? {} : { "x-hub-signature-256": Buffer.from(signature).toString("latin1") })
        }
      },
      (response) => {
        response.resume()
        response.on("end", () => answer(response.statusCode ?? 0))
        response.on("error", () => answer(0))
      }
    )
    request.on("error", () => answer(0))
    request.end(bytes)
  })

/** Is it as it ought to be? Signed ones are answered 200 whatever they are, unsigned ones 401. */
export const isRight = ({ signed, status }: Shot): boolean => status === (signed ? 200 : 401)
