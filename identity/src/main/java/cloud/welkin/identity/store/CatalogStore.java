package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ENDPOINT;
import static cloud.welkin.identity.schema.Tables.POLICY_ASSOCIATION;
import static cloud.welkin.identity.schema.Tables.PROJECT_ENDPOINT;
import static cloud.welkin.identity.schema.Tables.REGION;
import static cloud.welkin.identity.schema.Tables.SERVICE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.CatalogRow.Region;
import cloud.welkin.identity.domain.CatalogRow.Service;
import cloud.welkin.identity.schema.tables.records.EndpointRecord;
import cloud.welkin.identity.schema.tables.records.RegionRecord;
import cloud.welkin.identity.schema.tables.records.ServiceRecord;
import java.util.List;
import java.util.Optional;

/** What operators added to the catalogue. It is small: lists are whole. */
public final class CatalogStore {
    public List<Region> regions(Tx tx) {
        return tx.sql()
                .selectFrom(REGION)
                .orderBy(REGION.ID)
                .fetch(
                        row ->
                                new Region(
                                        row.getId(),
                                        row.getDescription(),
                                        Optional.ofNullable(row.getParentId()),
                                        Rows.extra(row.getExtra())));
    }

    public List<Service> services(Tx tx) {
        return tx.sql()
                .selectFrom(SERVICE)
                .orderBy(SERVICE.ID)
                .fetch(
                        row ->
                                new Service(
                                        row.getId(),
                                        row.getType(),
                                        Optional.ofNullable(row.getName()),
                                        Optional.ofNullable(row.getDescription()),
                                        row.getEnabled(),
                                        Rows.extra(row.getExtra())));
    }

    public List<Endpoint> endpoints(Tx tx) {
        return tx.sql()
                .selectFrom(ENDPOINT)
                .orderBy(ENDPOINT.ID)
                .fetch(
                        row ->
                                new Endpoint(
                                        row.getId(),
                                        row.getServiceId(),
                                        Optional.ofNullable(row.getRegionId()),
                                        row.getSide(),
                                        row.getUrl(),
                                        Optional.ofNullable(row.getName()),
                                        Optional.ofNullable(row.getDescription()),
                                        row.getEnabled(),
                                        Rows.extra(row.getExtra())));
    }

    /** Writes the region, new or changed. */
    public void save(Tx tx, Region region) {
        RegionRecord row = tx.sql().newRecord(REGION);
        row.setId(region.id());
        row.setDescription(region.description());
        row.setParentId(region.parent().orElse(null));
        row.setExtra(Rows.json(region.extra()));
        tx.sql().insertInto(REGION).set(row).onDuplicateKeyUpdate().set(row).execute();
    }

    /** Writes the service, new or changed. */
    public void save(Tx tx, Service service) {
        ServiceRecord row = tx.sql().newRecord(SERVICE);
        row.setId(service.id());
        row.setType(service.type());
        row.setName(service.name().orElse(null));
        row.setDescription(service.description().orElse(null));
        row.setEnabled(service.enabled());
        row.setExtra(Rows.json(service.extra()));
        tx.sql().insertInto(SERVICE).set(row).onDuplicateKeyUpdate().set(row).execute();
    }

    /** Writes the endpoint, new or changed. */
    public void save(Tx tx, Endpoint endpoint) {
        EndpointRecord row = tx.sql().newRecord(ENDPOINT);
        row.setId(endpoint.id());
        row.setServiceId(endpoint.service());
        row.setRegionId(endpoint.region().orElse(null));
        row.setSide(endpoint.side());
        row.setUrl(endpoint.url());
        row.setName(endpoint.name().orElse(null));
        row.setDescription(endpoint.description().orElse(null));
        row.setEnabled(endpoint.enabled());
        row.setExtra(Rows.json(endpoint.extra()));
        tx.sql().insertInto(ENDPOINT).set(row).onDuplicateKeyUpdate().set(row).execute();
    }

    /** Deletes the region; no policy is for it any more. */
    public void deleteRegion(Tx tx, String id) {
        tx.sql()
                .deleteFrom(POLICY_ASSOCIATION)
                .where(POLICY_ASSOCIATION.REGION_ID.eq(id))
                .execute();
        tx.sql().deleteFrom(REGION).where(REGION.ID.eq(id)).execute();
    }

    /** Deletes the service and its endpoints. */
    public void deleteService(Tx tx, String id) {
        tx.sql()
                .select(ENDPOINT.ID)
                .from(ENDPOINT)
                .where(ENDPOINT.SERVICE_ID.eq(id))
                .fetch(ENDPOINT.ID)
                .forEach(endpoint -> deleteEndpoint(tx, endpoint));
        tx.sql()
                .deleteFrom(POLICY_ASSOCIATION)
                .where(POLICY_ASSOCIATION.SERVICE_ID.eq(id))
                .execute();
        tx.sql().deleteFrom(SERVICE).where(SERVICE.ID.eq(id)).execute();
    }

    /** Deletes the endpoint; no policy is for it and no project has it any more. */
    public void deleteEndpoint(Tx tx, String id) {
        tx.sql()
                .deleteFrom(POLICY_ASSOCIATION)
                .where(POLICY_ASSOCIATION.ENDPOINT_ID.eq(id))
                .execute();
        tx.sql().deleteFrom(PROJECT_ENDPOINT).where(PROJECT_ENDPOINT.ENDPOINT_ID.eq(id)).execute();
        tx.sql().deleteFrom(ENDPOINT).where(ENDPOINT.ID.eq(id)).execute();
    }
}
