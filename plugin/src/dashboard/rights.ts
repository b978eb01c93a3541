import { config } from '@grafana/runtime'

/** Which pages Grafana opens to who looks. Where it does not say, it is left to the page to refuse. */
export function rightsOfReader(): { readonly mayExplore: boolean; readonly mayMakeRules: boolean } {
  const permissions: Readonly<Record<string, boolean>> | undefined = config.bootData?.user?.permissions
  const may = (action: string) => permissions === undefined || permissions[action] === true
  return { mayExplore: may('datasources:explore'), mayMakeRules: may('alert.rules:create') }
}
