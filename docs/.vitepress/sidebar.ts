import type { DefaultTheme } from 'vitepress';

/** The pages by kind (Diátaxis): to learn, to get something done, to look up, to understand. */
export function sidebar(api: DefaultTheme.SidebarItem[]): DefaultTheme.SidebarItem[] {
  return [
    {
      text: 'Tutorials',
      items: [
        { text: 'An existing Knex project', link: '/tutorials/existing-knex-project' },
        { text: 'The first deployment to AWS', link: '/tutorials/first-aws-deployment' },
      ],
    },
    {
      text: 'How-to',
      items: [
        { text: 'Come from the guide', link: '/how-to/coming-from-the-guide' },
        { text: 'Start a new fleet', link: '/how-to/new-fleet' },
        { text: 'Make new tenants quickly', link: '/how-to/new-tenants' },
        { text: 'See what a migration does', link: '/how-to/before-a-run' },
        { text: 'Undo dropped tables and columns', link: '/how-to/undo' },
        { text: 'Change huge tables', link: '/how-to/huge-tables' },
        { text: 'Migrate from a program', link: '/how-to/from-a-program' },
        { text: 'Roll out in stages', link: '/how-to/staged-rollout' },
        { text: 'Change many rows', link: '/how-to/backfills' },
        { text: 'Run in containers', link: '/how-to/containers' },
        { text: 'Run on AWS', link: '/how-to/aws' },
        { text: 'Check an AWS account', link: '/how-to/aws-verification' },
        { text: 'Grant rights', link: '/how-to/rights' },
        { text: 'Log in by IAM', link: '/how-to/iam' },
        { text: 'Get notified', link: '/how-to/notifications' },
        { text: 'Runbook', link: '/how-to/runbook' },
      ],
    },
    {
      text: 'Reference',
      items: [
        { text: 'Commands', link: '/reference/commands' },
        { text: 'Configuration', link: '/reference/configuration' },
        { text: 'Requests', link: '/reference/requests' },
        { text: 'Configuration on AWS', link: '/reference/aws-configuration' },
        { text: 'Central database', link: '/reference/central-database' },
        { text: 'Your Knex', link: '/reference/knex' },
        { text: 'Database servers', link: '/reference/servers' },
        { text: 'Output', link: '/reference/output' },
        { text: 'Events', link: '/reference/events' },
        { text: 'Report', link: '/reference/report' },
        { text: 'Rules of the lint', link: '/reference/lint' },
        { text: 'Rules of the rehearsal', link: '/reference/rehearsal' },
        { text: 'Error codes', link: '/reference/errors' },
        { text: 'Compatibility', link: '/reference/compatibility' },
        ...apiItem(api),
      ],
    },
    {
      text: 'Explanation',
      items: [
        { text: 'Architecture', link: '/explanation/architecture' },
        { text: 'Reliability', link: '/explanation/reliability' },
        { text: 'Safety', link: '/explanation/safety' },
        { text: 'Security', link: '/explanation/security' },
        { text: 'Performance', link: '/explanation/performance' },
        { text: 'Cost on AWS', link: '/explanation/cost' },
        { text: 'Test coverage', link: '/explanation/coverage' },
        { text: 'Decisions', link: '/adr/' },
      ],
    },
    {
      text: 'Examples',
      items: [
        { text: 'Overview', link: '/project/examples' },
        { text: 'From the guide', link: '/project/example-from-the-guide' },
        { text: 'Nest service', link: '/project/example-nest-service' },
        { text: 'CDK application', link: '/project/example-cdk-app' },
        { text: 'GitHub Actions', link: '/project/example-github-actions' },
      ],
    },
    {
      text: 'Project',
      items: [
        { text: 'Changelog', link: '/project/changelog' },
        { text: 'Security policy', link: '/project/security-policy' },
        { text: 'Contributing', link: '/project/contributing' },
      ],
    },
  ];
}

/** The API, unless the site is built without it. */
function apiItem(items: DefaultTheme.SidebarItem[]): DefaultTheme.SidebarItem[] {
  return items.length === 0
    ? []
    : [{ text: 'API', link: '/reference/api/', collapsed: true, items }];
}
