import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { accountFlag, becauseOf, filterFlags, linesOf, untilDone } from "./again.ts"
import { callGateway, type Remote, remoteFlags, show, wrong } from "./remote.ts"

const personIn = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(path)
    .pipe(Effect.catch(() => wrong("the file of --person-file cannot be read; give a file that holds a number or id")))
  return text.trim()
})

/**
 * `comporta forget`: erases what the store holds about one person. The operator can pass the person in a file, which keeps it
 * out of the shell's history.
 */
export const forgetCommand = Command.make("forget", {
  ...remoteFlags,
  person: Argument.String("person").pipe(
    Argument.optional,
    Argument.withDescription("a phone number or the provider's id of the person; or give --person-file")
  ),
  personFile: Flag.String("person-file").pipe(
    Flag.optional,
    Flag.withDescription("a file that holds the number or id")
  ),
  connector: Flag.String("connector").pipe(Flag.withDescription("the connector to which the number or id belongs")),
  account: accountFlag,
  because: filterFlags.because
}).pipe(
  Command.withDescription(
    "Erase what the store holds about one person; the audit log records a keyed hash of the person"
  ),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      if (Option.isSome(flags.person) === Option.isSome(flags.personFile)) {
        return yield* wrong("give either a person or --person-file")
      }
      const person = Option.isSome(flags.person)
        ? flags.person.value
        : yield* personIn(Option.getOrElse(flags.personFile, () => ""))
      const payload = {
        connector: flags.connector,
        person,
        ...(Option.isSome(flags.account) ? { account: flags.account.value } : {}),
        ...becauseOf(flags.because)
      }
      const sum = yield* untilDone((at) =>
        callGateway(remote, ({ people }) => people.forget({ payload: { ...payload, ...at } }))
      )
      return yield* show(remote, sum, linesOf(sum))
    })
  )
)
