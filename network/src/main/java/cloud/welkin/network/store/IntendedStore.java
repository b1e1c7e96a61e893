package cloud.welkin.network.store;

import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SubnetRow;
import java.util.List;
import org.jooq.impl.DSL;

/** All rows of the service, for those who compare them with the world. */
public final class IntendedStore {
    public List<NetworkRow> networks(Tx tx) {
        return new NetworkStore().where(tx, DSL.noCondition());
    }

    public List<SubnetRow> subnets(Tx tx) {
        return new SubnetStore().where(tx, DSL.noCondition());
    }

    public List<PortRow> ports(Tx tx) {
        return new PortStore().where(tx, DSL.noCondition());
    }

    public List<RouterRow> routers(Tx tx) {
        return RouterStore.LISTING.where(tx, DSL.noCondition());
    }

    public List<FloatingIpRow> floatingIps(Tx tx) {
        return FloatingIpStore.LISTING.where(tx, DSL.noCondition());
    }

    public List<SecurityGroupRow> groups(Tx tx) {
        return SecurityGroupStore.LISTING.where(tx, DSL.noCondition());
    }
}
