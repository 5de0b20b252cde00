import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { isJsonObject, type JsonObject } from "../domain/json.ts"
import { ask, type Remote, remoteFlags, show, wrong } from "./remote.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

const given = (values: Readonly<Record<string, Option.Option<string | number>>>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (Option.isSome(value) ? [[name, value.value]] : []))
  )

const lineOf = (intent: unknown): string =>
  isJsonObject(intent) ? `${String(intent["intentId"])}  ${String(intent["result"])}  ${String(intent["state"])}` : ""

const linesOf = (answer: JsonObject): ReadonlyArray<string> => {
  const intents = answer["intents"]
  if (!Array.isArray(intents)) return [`${String(answer["intentId"])}  ${String(answer["state"])}`]
  const next = answer["next"]
  if (intents.length === 0 && typeof next !== "string") return ["nothing fits"]
  return [...intents.map(lineOf), ...(typeof next === "string" ? [`more: --cursor ${next}`] : [])]
}

/** `comporta resolve`: a person's verdict on one doubt, or on all that fit a filter. */
export const resolve = Command.make("resolve", {
  ...remoteFlags,
  intent: Argument.String("intent").pipe(Argument.optional, Argument.withDescription("int_…; without it the filter")),
  verdict: Flag.Literals("verdict", ["sent", "not_sent"]).pipe(Flag.withDescription("what is known of it")),
  reason: Flag.String("reason").pipe(Flag.withDescription("how it is known; goes into the audit log")),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("every intent that fits the filter, a page at a time")
  ),
  state: Flag.Literals("state", ["in_doubt", "disputed"]).pipe(
    Flag.optional,
    Flag.withDescription("in_doubt unless given")
  ),
  connector: text("connector", "of this connector only"),
  account: text("account", "of this account only"),
  capability: text("capability", "of this capability only"),
  olderThan: Flag.Finite("older-than").pipe(
    Flag.optional,
    Flag.withDescription("in doubt for so many seconds at least")
  ),
  limit: Flag.Int("limit").pipe(Flag.optional, Flag.withDescription("how many are looked at, 1 to 200")),
  cursor: text("cursor", "where the page before ended"),
  dryRun: Flag.Boolean("dry-run").pipe(Flag.withDefault(false), Flag.withDescription("say what would be resolved"))
}).pipe(
  Command.withDescription("Say whether what is in doubt was sent; noted in the audit log"),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const { verdict, reason, state, connector, account, capability, olderThan, limit, cursor } = flags
      const filter = given({ state, connector, account, capability, olderThan })
      const answer = yield* Option.match(flags.intent, {
        onSome: (intentId) =>
          flags.all || flags.dryRun || Object.keys(filter).length > 0
            ? wrong("either an intent, or --all with its filter and --dry-run")
            : ask(remote, {
                method: "POST",
                path: `/v1/intents/${encodeURIComponent(intentId)}/resolution`,
                body: { verdict, reason }
              }),
        onNone: () =>
          flags.all
            ? ask(remote, {
                method: "POST",
                path: "/v1/resolutions",
                body: {
                  verdict,
                  reason,
                  filter,
                  ...given({ limit, cursor }),
                  ...(flags.dryRun ? { dryRun: true } : {})
                }
              })
            : wrong("name an intent, or say --all to resolve every one that fits the filter")
      })
      yield* show(remote, answer, linesOf(answer))
    })
  )
)
