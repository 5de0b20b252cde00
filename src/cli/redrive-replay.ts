import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { QuarantineReason } from "../inbound/event-log/quarantine-codec.ts"
import { accountFlag, becauseOf, filterFlags, filterOf, linesOf, reasonFlag, timeOf, untilDone } from "./again.ts"
import { callGateway, type Remote, remoteFlags, show, wrong } from "./remote.ts"

const isQuarantined = (id: string) => id.startsWith("qua_")
const isReason = Schema.is(QuarantineReason)

/** `comporta redrive`: redrives dead letters or releases quarantined items, one or all that match a filter. */
export const redriveCommand = Command.make("redrive", {
  ...remoteFlags,
  ...filterFlags,
  id: Argument.String("id").pipe(
    Argument.optional,
    Argument.withDescription("a dead letter (evt_…) or a quarantined item (qua_…); or give --all")
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("every dead letter that matches the filter")
  ),
  quarantine: Flag.Boolean("quarantine").pipe(
    Flag.withDefault(false),
    Flag.withDescription("with --all: quarantined items instead of dead letters; requires --reason")
  ),
  account: accountFlag,
  reason: reasonFlag
}).pipe(
  Command.withDescription(
    "Send dead letters to the runtime again, or admit quarantined items; the audit log records it"
  ),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const because = becauseOf(flags.because)
      if (Option.isSome(flags.id)) {
        if (flags.all) return yield* wrong("give either an id or --all")
        const one = { params: { id: flags.id.value }, payload: because }
        const answer = isQuarantined(one.params.id)
          ? yield* callGateway(remote, ({ quarantine }) => quarantine.release(one))
          : yield* callGateway(remote, ({ deadLetters }) => deadLetters.redrive(one))
        return yield* show(remote, answer, linesOf(answer))
      }
      if (!flags.all) return yield* wrong("give an id, or --all for every dead letter that matches the filter")
      const reason = Option.getOrUndefined(flags.reason)
      if (flags.quarantine && reason === undefined) return yield* wrong("--quarantine requires --reason")
      if (flags.quarantine && Option.isSome(flags.account))
        return yield* wrong("--quarantine cannot be combined with --account; leave --account out")
      const [from, to] = [yield* timeOf("from", flags.from), yield* timeOf("to", flags.to)]
      const filter = filterOf({ ...flags, from, to })
      if (!flags.quarantine) {
        const letters = { ...filter, ...(reason === undefined ? {} : { reason }) }
        const sum = yield* untilDone((at) =>
          callGateway(remote, ({ deadLetters }) =>
            deadLetters.redriveMany({ payload: { filter: letters, ...because, ...at } })
          )
        )
        return yield* show(remote, sum, linesOf(sum))
      }
      if (!isReason(reason)) return yield* wrong(`--reason must be one of ${QuarantineReason.literals.join(", ")}`)
      const { account: _, ...items } = filter
      const sum = yield* untilDone((at) =>
        callGateway(remote, ({ quarantine }) =>
          quarantine.releaseMany({ payload: { filter: { ...items, reason }, ...because, ...at } })
        )
      )
      return yield* show(remote, sum, linesOf(sum))
    })
  )
)

/** `comporta replay`: delivers delivered events again, each as a replay: one event, or those of a time range. */
export const replayCommand = Command.make("replay", {
  ...remoteFlags,
  ...filterFlags,
  event: Argument.String("event").pipe(
    Argument.optional,
    Argument.withDescription("a delivered event (evt_…); or give --from")
  ),
  account: accountFlag
}).pipe(
  Command.withDescription("Deliver delivered events again, each under an id of its own; the audit log records it"),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const reason = becauseOf(flags.because)
      const [from, to] = [yield* timeOf("from", flags.from), yield* timeOf("to", flags.to)]
      if (Option.isSome(flags.event)) {
        if (Option.isSome(from) || Option.isSome(to)) return yield* wrong("give either an event, or --from and --to")
        const params = { eventId: flags.event.value }
        const answer = yield* callGateway(remote, ({ events }) => events.replay({ params, payload: reason }))
        return yield* show(remote, answer, linesOf(answer))
      }
      if (Option.isNone(from)) return yield* wrong("give an event, or --from with a time")
      const now = yield* Clock.currentTimeMillis
      const until = Option.orElse(to, () => Option.some(now))
      const filter = { ...filterOf({ ...flags, from, to: until }), from: from.value }
      const sum = yield* untilDone((at) =>
        callGateway(remote, ({ events }) => events.replayMany({ payload: { filter, ...reason, ...at } }))
      )
      return yield* show(remote, sum, linesOf(sum))
    })
  )
)
