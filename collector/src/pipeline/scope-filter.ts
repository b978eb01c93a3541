import type { NormalizedEvent } from '../event/observation.ts'

/** Name of the filter that a cluster's `namespaces` make, as it stands in the accounts. */
export const OUTSIDE_NAMESPACES = 'outside the configured namespaces'

export interface ClusterScope {
  readonly name: string
  /** Empty: all. */
  readonly namespaces: readonly string[]
  /** Keep events about objects without a namespace (nodes) although namespaces are given. */
  readonly clusterScoped: boolean
}

/**
 * Adds the clusters' namespaces to the named filters. By the object's namespace, never the event's: node events live in
 * `default`, which nobody means by that word.
 */
export function withScopes<R extends { filteredBy(event: NormalizedEvent): string | null }>(
  rules: R,
  scopes: readonly ClusterScope[],
): R {
  const limited = new Map(
    scopes
      .filter(({ namespaces }) => namespaces.length > 0)
      .map(({ name, namespaces, clusterScoped }) => [name, new Set(clusterScoped ? [...namespaces, ''] : namespaces)]),
  )
  if (limited.size === 0) return rules
  return {
    ...rules,
    filteredBy: (event) => {
      const kept = limited.get(event.cluster)
      return kept !== undefined && !kept.has(event.namespace) ? OUTSIDE_NAMESPACES : rules.filteredBy(event)
    },
  }
}
