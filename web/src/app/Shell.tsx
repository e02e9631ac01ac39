/** What surrounds every view, and which view an address shows. */
import { lazy, Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { AlertsButton } from "../alerts/AlertsButton.tsx";
import { Board } from "../board/Board.tsx";
import { Badge } from "../connection/Badge.tsx";
import { AlertBanners } from "../notices/AlertBanners.tsx";
import { Notices } from "../notices/Notices.tsx";
import { ReportButton } from "../report/ReportButton.tsx";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { Boundary } from "./Boundary.tsx";
import { Navigation } from "./Navigation.tsx";
import { routes } from "./routes.ts";
import { Starting } from "./Starting.tsx";

const MapView = lazy(() => import("../map/MapView.tsx"));
const StatsView = lazy(() => import("../stats/StatsView.tsx"));
const WallView = lazy(() => import("../wall/WallView.tsx"));

export function Shell() {
  return (
    <Switch>
      <Route path="/wall">
        <Suspense fallback={<Starting />}>
          <WallView />
        </Suspense>
      </Route>
      <Route>
        <Framed />
      </Route>
    </Switch>
  );
}

function Framed() {
  const [location] = useLocation();
  const view = location.split("/")[1] ?? "";
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {text.app.skip}
      </a>
      <header className="topbar">
        <a className="brand" href={routes.map()} aria-label={text.app.name}>
          <Shape name="brand" size={24} />
          <span aria-hidden="true">{text.app.name}</span>
        </a>
        <Navigation className="views" />
        <div className="end">
          <Badge />
          <AlertsButton />
          <ReportButton />
          <AccountMenu />
        </div>
      </header>
      <AlertBanners />
      <main className="content" id="content" tabIndex={-1}>
        <Boundary key={view}>
          <Suspense fallback={<Starting />}>
            <Views />
          </Suspense>
        </Boundary>
      </main>
      <Navigation className="tabbar" />
      <Notices />
    </div>
  );
}

function Views() {
  return (
    <Switch>
      <Route path="/map/:building?">{({ building }) => <MapView buildingId={building} />}</Route>
      <Route path="/board/:issue?">{({ issue }) => <Board issueId={issue} />}</Route>
      <Route path="/stats" component={StatsView} />
      <Route>
        <Redirect to={routes.map()} replace />
      </Route>
    </Switch>
  );
}
