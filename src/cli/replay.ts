import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { accountFlag, becauseOf, filterFlags, filterOf, linesOf, timeOf, untilDone } from "./again.ts"
import { callGateway, type Remote, remoteFlags, show, wrong } from "./remote.ts"

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
