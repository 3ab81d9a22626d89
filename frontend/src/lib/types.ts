/** The names the page uses for the wire types. Everything else imports from here, never from the generated file. */
import type { components } from './api.d.ts';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Tokens = Schemas['Tokens'];
export type AuthStatus = Schemas['AuthStatus'];
export type Project = Schemas['Project'];
export type ProjectStatus = Project['status'];
export type Deployment = Schemas['Deployment'];
export type DeploymentStatus = Deployment['status'];
export type Step = Schemas['Step'];
export type StepName = Step['name'];
export type StepStatus = Step['status'];
export type Explanation = Schemas['Explanation'];
export type Plan = Schemas['Plan'];
export type Evidence = Schemas['Evidence'];
export type Repository = Schemas['Repository'];
export type EnvironmentVariable = Schemas['EnvironmentVariable'];
export type EnvironmentScope = EnvironmentVariable['scope'];
export type Domain = Schemas['Domain'];
export type Webhook = Schemas['Webhook'];
export type Metrics = Schemas['Metrics'];
export type ServerStatus = Schemas['ServerStatus'];
export type ServerLimits = Schemas['ServerLimits'];
export type BuildLimits = Schemas['BuildLimits'];
export type Readiness = Schemas['Readiness'];
export type ServerDisk = Schemas['Disk'];
export type DiskCleaned = Schemas['DiskCleaned'];
export type Problem = Schemas['Problem'];

export interface List<T> {
	items: T[];
	next_cursor: string | null;
}

/** What the deployment lists, cards and the sidebar need of a deployment; a page of 24 cards stays small. */
export type DeploymentSummary = Omit<Deployment, 'steps' | 'plan' | 'explanation'>;

/** What cards and the palette need of a project. */
export type ProjectSummary = Pick<
	Project,
	'id' | 'name' | 'url' | 'status' | 'framework' | 'git_branch' | 'live_deployment_id' | 'updated_at'
> & { latest: DeploymentSummary | null };

/** What every page carries for the sidebar: a project as its newest deployment tells. `live`: one of its newest releases is. */
export interface RecentProject {
	id: number;
	name: string;
	live: boolean;
	latest: DeploymentSummary;
}
