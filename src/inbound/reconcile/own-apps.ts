import type { Sender } from "../../identity/derive.ts"

/** Which apps send for each account: learnt from echoes that are receipts of ours, in this process. */
export interface OwnApps {
  readonly learn: (sender: Sender, appId: string) => void
  /**
   * `ours`, or `unknown` where nothing has been learnt yet: the app of the operator's file may be known under another id
   * in echoes.
   */
  readonly judge: (sender: Sender, appId: string, configured: string | undefined) => "ours" | "other" | "unknown"
}

/** Apps remembered of one account: it may move from one to another. */
const most = 8

export const ownApps = (): OwnApps => {
  const learnt = new Map<string, ReadonlyArray<string>>()
  const keyOf = ({ connector, providerAccount }: Sender) => `${connector} ${providerAccount}`
  return {
    learn: (sender, appId) => {
      const known = learnt.get(keyOf(sender)) ?? []
      if (!known.includes(appId)) learnt.set(keyOf(sender), [...known, appId].slice(-most))
    },
    judge: (sender, appId, configured) => {
      const known = learnt.get(keyOf(sender)) ?? []
      if (appId === configured || known.includes(appId)) return "ours"
      return known.length > 0 ? "other" : "unknown"
    }
  }
}
