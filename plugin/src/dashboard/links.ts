import { t } from '@grafana/i18n'
import type { DashboardLink } from '@grafana/schema'

/** A tag that all dashboards of the plugin have, and dashboards of others may take. */
const TAG = 'eventloom'

/**
 * From any dashboard that asks this data source to those about events, in the same range: Grafana 13 adds it to the page and does
 * not store it.
 */
export function dashboardLinks(): DashboardLink[] {
  return [
    {
      type: 'dashboards',
      title: t('links.title', 'Kubernetes events'),
      tooltip: t('links.tooltip', 'Dashboards about Kubernetes events'),
      icon: 'external link',
      tags: [TAG],
      asDropdown: true,
      targetBlank: false,
      keepTime: true,
      includeVars: true,
    },
  ]
}
