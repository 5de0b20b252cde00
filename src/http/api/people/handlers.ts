import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Channels } from "../../../connector/channel.ts"
import { Admit } from "../../../inbound/admit/admit.ts"
import type { EventRecords } from "../../../inbound/event-log/event-admin.ts"
import { erasePerson, isForgetCursor } from "../../../inbound/erase/erase-person.ts"
import { personOf } from "../../../inbound/erase/person.ts"
import type { Log } from "../../../log/log.ts"
import type { Accounts } from "../../../outbound/accounts/accounts.ts"
import type { IntentLedger } from "../../../outbound/ledger/intent-ledger.ts"
import type { Aliases } from "../../../partition/aliases.ts"
import type { AuditLog } from "../../../audit/audit-log.ts"
import type { Deployment } from "../../../deployment/deployment.ts"
import { IdHash } from "../../../secrets/id-hash.ts"
import type { Sealer } from "../../../secrets/sealer.ts"
import { Api } from "../api.ts"
import { apiProblem, notConfigured, withStoreProblems } from "../problems.ts"
import * as Subject from "../operate.ts"
import { auditReason } from "../decode-body.ts"
import { operate } from "../operate.ts"
import { checkCursor } from "../page.ts"

const notAPerson = apiProblem({
  status: 422,
  code: "not_a_person",
  title: "person is invalid; send a phone number or an id of the provider, with at least 6 digits"
})
const named = apiProblem({
  status: 422,
  code: "reason_names_person",
  title: "reason names the person, and the audit log stores it; send another reason"
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
    return handlers.handle("forget", ({ payload }) =>
      Effect.gen(function* () {
        const { account, cursor, reason } = payload
        const channel = channels.get(payload.connector)
        if (channel === undefined) return yield* Effect.fail(notConfigured("connector"))
        if (account !== undefined && !channel.accounts.has(account)) return yield* Effect.fail(notConfigured("account"))
        const person = personOf(payload.person)
        if (person === undefined) return yield* Effect.fail(notAPerson)
        if (reason !== undefined && person.isNamedIn(reason)) return yield* Effect.fail(named)
        yield* checkCursor(cursor, isForgetCursor)
        const subject = Subject.ofPerson(hash, channel, account, person.forms.toSorted()[0] ?? "")
        const erase = erasePerson({ channel, person, ...(account === undefined ? {} : { account }) }, cursor)
        const done = yield* operate({ action: "person.forget", subject, ...auditReason(payload) }, erase)
        admit.forgetAliases()
        return done
      }).pipe(withStoreProblems, Effect.provideContext(context))
    )
  })
)
