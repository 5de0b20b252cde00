import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type AccountRef,
  Accounts,
  type AcquireRequest,
  type CallReport
} from "../../src/outbound/accounts/accounts.ts"
import { type Faults, faults } from "./faults.ts"
import { journal } from "./journal.ts"

interface Operations {
  readonly acquire: AcquireRequest
  readonly refund: AcquireRequest
  readonly report: CallReport
  readonly look: AccountRef
  readonly pause: AccountRef
  readonly resume: AccountRef
  readonly forget: string
}

/** Records the calls to the accounts and scripts the failures of the next ones. */
export class AccountsFaults extends Context.Service<AccountsFaults, Faults<Operations>>()(
  "comporta/test/AccountsFaults"
) {}

/** Wraps accounts: records each call and fails as the test scripts. */
export const faultyAccounts = <E, R>(
  inner: Layer.Layer<Accounts, E, R>
): Layer.Layer<Accounts | AccountsFaults, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { controls, through } = faults<Operations>({
        acquire: journal(),
        refund: journal(),
        report: journal(),
        look: journal(),
        pause: journal(),
        resume: journal(),
        forget: journal()
      })
      return Context.make(AccountsFaults, controls).pipe(
        Context.add(Accounts, {
          acquire: (asking) => through("acquire", asking, accounts.acquire(asking)),
          refund: (asking) => through("refund", asking, accounts.refund(asking)),
          report: (report) => through("report", report, accounts.report(report)),
          look: (ref) => through("look", ref, accounts.look(ref)),
          pause: (ref) => through("pause", ref, accounts.pause(ref)),
          resume: (ref) => through("resume", ref, accounts.resume(ref)),
          forget: (account, ...args) => through("forget", account, accounts.forget(account, ...args))
        })
      )
    })
  ).pipe(Layer.provide(inner))
