package cloud.welkin.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.testing.ApiTester.Response;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OwnersAndTypesTest extends VolumesOnAHost {
    @Test
    void whoeverHasTheKeyTakesTheVolumeWithItsSnapshotsAndQuota() {
        String id = made("'size': 2");
        api.post(V3 + "/snapshots")
                .by(member)
                .json("{'snapshot': {'volume_id': '" + id + "'}}")
                .send()
                .expect(202);
        converge();
        Response offer =
                api.post(V3 + "/os-volume-transfer")
                        .by(member)
                        .json("{'transfer': {'volume_id': '" + id + "'}}")
                        .send()
                        .expect(202);
        assertThat(status(id)).isEqualTo("awaiting-transfer");
        action(member, id, "{'os-extend': {'new_size': 3}}").expect(400);
        String path = V3 + "/os-volume-transfer/" + offer.text("/transfer/id");
        Caller other = callers.inNewProject("member");
        api.get(path).by(other).send().expect(404);
        api.post(path + "/accept")
                .by(other)
                .json("{'accept': {'auth_key': 'no'}}")
                .send()
                .expect(400);
        api.post(path + "/accept")
                .by(other)
                .json("{'accept': {'auth_key': '" + offer.text("/transfer/auth_key") + "'}}")
                .send()
                .expect(202);
        api.get(V3 + "/volumes/" + id).by(member).send().expect(404);
        assertThat(api.get(V3 + "/volumes/" + id).by(other).send().text("/volume/status"))
                .isEqualTo("available");
        assertThat(
                        api.get(V3 + "/limits")
                                .by(other)
                                .send()
                                .json()
                                .at("/limits/absolute/totalGigabytesUsed")
                                .asInt())
                .isEqualTo(4);
    }

    @Test
    void aTypeThatNoBackendSatisfiesMakesAVolumeInErrorAndAMessage() {
        api.post(V3 + "/types")
                .by(admin)
                .json("{'volume_type': {'name': 'gold', 'extra_specs': {'vendor_name': 'Else'}}}")
                .send()
                .expect(200);
        String id = create("'size': 1, 'volume_type': 'gold'").expect(202).text("/volume/id");
        assertThat(status(id)).isEqualTo("error");
        Response messages =
                api.get(V3 + "/messages")
                        .by(member)
                        .header("OpenStack-API-Version", "volume 3.65")
                        .send()
                        .expect(200);
        assertThat(messages.text("/messages/0/resource_uuid")).isEqualTo(id);
        assertThat(messages.text("/messages/0/event_id")).isEqualTo("VOLUME_VOLUME_001_002");
        api.method("DELETE", V3 + "/volumes/" + id).by(member).send().expect(202);
    }

    @Test
    void aProjectsDefaultTypeIsThatOfItsVolumes() {
        api.post(V3 + "/types")
                .by(admin)
                .json("{'volume_type': {'name': 'silver'}}")
                .send()
                .expect(200);
        String path = V3 + "/default-types/" + member.requireProject();
        api.put(path)
                .by(admin)
                .header("OpenStack-API-Version", "volume 3.62")
                .json("{'default_type': {'volume_type': 'silver'}}")
                .send()
                .expect(200);
        String id = made("'size': 1");
        assertThat(api.get(V3 + "/volumes/" + id).by(member).send().text("/volume/volume_type"))
                .isEqualTo("silver");
        action(member, id, "{'os-retype': {'new_type': '__DEFAULT__'}}").expect(202);
        assertThat(api.get(V3 + "/volumes/" + id).by(member).send().text("/volume/volume_type"))
                .isEqualTo("__DEFAULT__");
    }

    @Test
    void theDoctorTellsOfDataOfNobody() {
        UUID stray = UUID.randomUUID();
        service.desk().found(HOST, java.util.Set.of(stray));
        assertThat(service.invariants().stream().flatMap(it -> it.check().get().stream()))
                .isEmpty();
        service.desk().found(HOST, java.util.Set.of(stray));
        assertThat(service.invariants().stream().flatMap(it -> it.check().get().stream()).toList())
                .singleElement()
                .satisfies(it -> assertThat(it.toString()).contains(stray.toString()));
        service.desk().found(HOST, java.util.Set.of());
    }
}
