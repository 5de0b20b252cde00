import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Channels } from "../connector/channels.ts"
import { Admit } from "../inbound/admit.ts"
import type { EventRecords } from "../inbound/event-records.ts"
import { forget, isForgetCursor } from "../inbound/forget.ts"
import { personOf } from "../inbound/person.ts"
import type { Log } from "../log/log.ts"
import type { Accounts } from "../outbound/accounts.ts"
import type { IntentLedger } from "../outbound/intent-ledger.ts"
import type { Aliases } from "../partition/aliases.ts"
import type { AuditLog } from "../partition/audit-log.ts"
import type { Deployment } from "../partition/deployment.ts"
import { IdHash } from "../secrets/id-hash.ts"
import type { Sealer } from "../secrets/sealer.ts"
import { Api } from "./api.ts"
import { Forget } from "./api/people.ts"
import { because } from "./asked.ts"
import * as Subject from "./audit-subject.ts"
import { withScope } from "./auth.ts"
import { bodyAs } from "./body.ts"
import { answered, goesOn } from "./looking.ts"
import { operate } from "./operate.ts"
import { json, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

const unknownConnector = problem({ status: 404, code: "unknown_connector", title: "This connector is not configured" })
const unknownAccount = problem({ status: 404, code: "unknown_account", title: "This account is not configured" })
const nobody = problem({
  status: 422,
  code: "not_a_person",
  title: "person must be a phone number of at least 6 digits, or an id of the provider's with as many in it"
})
const named = problem({
  status: 422,
  code: "reason_names_person",
  title: "The reason is kept in the audit log, so it must not name the person"
})

export const layer = HttpApiBuilder.group(
  Api,
  "people",
  Effect.fnUntraced(function* (handlers) {
    const channels = yield* Channels
    const hash = yield* IdHash
    const admit = yield* Admit
    const context = yield* Effect.context<
      Aliases | AuditLog | Log | EventRecords | IntentLedger | Accounts | Deployment | IdHash | Sealer
    >()
    return handlers.handleRaw("forget", ({ request }) =>
      withScope(
        "operate",
        Effect.gen(function* () {
          const wanted = yield* bodyAs(request, Forget)
          const channel = channels.get(wanted.connector)
          if (channel === undefined) return unknownConnector
          const { account, cursor } = wanted
          if (account !== undefined && !channel.accounts.has(account)) return unknownAccount
          const person = personOf(wanted.person)
          if (person === undefined) return nobody
          if (wanted.reason !== undefined && person.isNamedIn(wanted.reason)) return named
          yield* goesOn(cursor, isForgetCursor)
          const subject = Subject.ofPerson(hash, channel, account, person.forms.toSorted()[0] ?? "")
          const asked = { channel, person, ...(account === undefined ? {} : { account }) }
          return yield* operate(
            { action: "person.forget", subject, ...because(wanted) },
            Effect.map(forget(asked, cursor), (done) => {
              admit.forgetAliases()
              return json(200, done)
            })
          )
        })
      ).pipe(answered, Effect.map(respond), Effect.provideContext(context))
    )
  })
)
