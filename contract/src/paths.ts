/** Where things are in Firestore. Tenancy is in the path: every path starts with the organization. */
const organization = (org: string) => `organizations/${org}`;

export const paths = {
  organization,
  campuses: (org: string) => `${organization(org)}/campuses`,
  buildings: (org: string) => `${organization(org)}/buildings`,
  members: (org: string) => `${organization(org)}/members`,
  issues: (org: string) => `${organization(org)}/issues`,
  alerts: (org: string) => `${organization(org)}/alerts`,
  heat: (org: string) => `${organization(org)}/heat`,
  activity: (org: string, issue: string) => `${organization(org)}/issues/${issue}/activity`,
} as const;
