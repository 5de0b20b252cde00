import type { Sender } from "../../identity/derive.ts"

/** Apps that send for each account. This process learns them from the echoes of its own messages. */
export interface OwnApps {
  readonly learn: (sender: Sender, appId: string) => void
  /**
   * Returns `ours` for a learnt or configured app. Returns `unknown` while no app has been learnt: echoes may show the
   * configured app under another id.
   */
  readonly judge: (sender: Sender, appId: string, configured: string | undefined) => "ours" | "other" | "unknown"
}

/** Apps kept for one account, which may move to another app. */
const maxApps = 8

export const ownApps = (): OwnApps => {
  const learnt = new Map<string, ReadonlyArray<string>>()
  const keyOf = ({ connector, providerAccount }: Sender) => `${connector} ${providerAccount}`
  return {
    learn: (sender, appId) => {
      const known = learnt.get(keyOf(sender)) ?? []
      if (!known.includes(appId)) learnt.set(keyOf(sender), [...known, appId].slice(-maxApps))
    },
    judge: (sender, appId, configured) => {
      const known = learnt.get(keyOf(sender)) ?? []
      if (appId === configured || known.includes(appId)) return "ours"
      return known.length > 0 ? "other" : "unknown"
    }
  }
}
